/** As in package.json, written out so that no file is read for it. */
export const version = "0.1.0";
