import applications from "./applications.json";
import audit from "./audit.json";
import auth from "./auth.json";
import billing from "./billing.json";
import call from "./call.json";
import common from "./common.json";
import customers from "./customers.json";
import developers from "./developers.json";
import dialer from "./dialer.json";
import editor from "./editor.json";
import inventory from "./inventory.json";
import keys from "./keys.json";
import live from "./live.json";
import numbers from "./numbers.json";
import overview from "./overview.json";
import roles from "./roles.json";
import security from "./security.json";
import shell from "./shell.json";
import statistics from "./statistics.json";
import users from "./users.json";

export const en = {
  applications,
  audit,
  auth,
  billing,
  call,
  common,
  customers,
  developers,
  dialer,
  editor,
  inventory,
  keys,
  live,
  numbers,
  overview,
  roles,
  security,
  shell,
  statistics,
  users,
};
