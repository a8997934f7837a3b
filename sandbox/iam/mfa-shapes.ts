// The parameters of the actions on MFA devices.

import type { MemberShape } from "../wire/shapes.ts";

export const serialShape: MemberShape = {
  required: true,
  min: 9,
  max: 256,
  pattern: /[\w+=/:,.@-]+/,
};

export const authenticationCodeShape: MemberShape = {
  required: true,
  min: 6,
  max: 6,
  pattern: /[\d]+/,
};

export const pathShape: MemberShape = {
  min: 1,
  max: 512,
  pattern: /(\u002F)|(\u002F[\u0021-\u007E]+\u002F)/,
};
