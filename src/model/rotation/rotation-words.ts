// The steps of a rotation in words that go behind "would" and "still to do".

import type { TakenStep } from "./rotation-facts.ts";

export function stepText(step: TakenStep): string {
  switch (step.do) {
    case "restore":
      return `put the ${step.from} key back in its place`;
    case "begin":
      return "write down what is about to be done";
    case "create":
      return "make a new key";
    case "store":
      return `store ${step.key} in the keychain and read it back`;
    case "prove":
      return `prove that AWS takes ${step.key}`;
    case "switch":
      return `use ${step.to} in the place of ${step.from}`;
    case "note":
      return `let sessions made with ${step.from} count as made with ${step.to}`;
    case "carry-description":
      return `carry the description over to ${step.to}`;
    case "deactivate":
      return `deactivate ${step.key}`;
    case "test-sessions":
      return `try the sessions that were made with ${step.key}, and drop those that AWS refuses`;
    case "delete":
      return `delete ${step.key}${whose[step.whose]}`;
    case "look-again":
      return "look whether AWS made a key all the same";
    case "look-up-use":
      return `look up whether ${step.key} was ever used`;
    case "ask-about":
      return `ask whether ${step.key}, which awst did not make, may be deleted`;
    case "turn-back":
      return `write down that ${step.to} is to be the key again`;
    case "give-up-undo":
      return `leave all as it is: ${step.key} cannot be had again`;
    case "reactivate":
      return `activate ${step.key} again`;
    case "switch-back":
      return `use ${step.to} again in the place of ${step.from}`;
    case "forget":
      return "take away what the rotation wrote down";
    case "set-aside":
      return "forget the rotation: another key was put in by hand";
  }
}

const whose = {
  old: "",
  new: ", which was never used",
  leftover: ", which a lost answer left behind",
} as const;
