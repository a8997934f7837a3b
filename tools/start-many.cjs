// Starts many programs at once: reads a JSON array of command lines from stdin, and prints a JSON array with
// the exit status, the output and the milliseconds of each. A process of its own, since starting hundreds of
// programs blocks the process that does so, and the sandbox must answer meanwhile.

const { spawn } = require("node:child_process");
const { readFileSync } = require("node:fs");

const commands = JSON.parse(readFileSync(0, "utf8"));
Promise.all(commands.map(start)).then((finished) => console.log(JSON.stringify(finished)));

function start([program, ...args]) {
  const begin = performance.now();
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) {
    child[name].setEncoding("utf8").on("data", (text) => {
      output[name] += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      const status = code ?? `${signal}`;
      resolve({ status, ...output, milliseconds: performance.now() - begin });
    });
  });
}
