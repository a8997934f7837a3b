/** The version in package.json, repeated here so that the program does not read that file. */
export const version = "0.1.0";
