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
import happening from "./happening.json";
import inventory from "./inventory.json";
import keys from "./keys.json";
import live from "./live.json";
import numbers from "./numbers.json";
import overview from "./overview.json";
import prompts from "./prompts.json";
import roles from "./roles.json";
import security from "./security.json";
import sheet from "./sheet.json";
import shell from "./shell.json";
import statistics from "./statistics.json";
import tariffs from "./tariffs.json";
import trunks from "./trunks.json";
import users from "./users.json";
import webhooks from "./webhooks.json";

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
  happening,
  inventory,
  keys,
  live,
  numbers,
  overview,
  prompts,
  roles,
  security,
  sheet,
  shell,
  statistics,
  tariffs,
  trunks,
  users,
  webhooks,
};
