// A process that reads its stdin as awst does, and prints it as JSON.

import { openFileFingerprints } from "../../src/adapters/file/file-fingerprints.ts";

console.log(JSON.stringify(await openFileFingerprints().readText("-")));
