#!/usr/bin/env node
// CommonJS, as package.json beside it says: an ES module that loads the same chunks starts later.
"use strict";
require("../dist/awst.cjs");
