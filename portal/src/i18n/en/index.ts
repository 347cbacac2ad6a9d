import account from "./account.json";
import common from "./common.json";
import developers from "./developers.json";
import overview from "./overview.json";
import shell from "./shell.json";

export const en = { account, common, developers, overview, shell };
