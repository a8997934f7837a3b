// The files of a systemd user timer, a launchd agent and a Windows task for one job. Absolute paths, no
// secret. `test/golden/schedule` has an example of each.

import { quoteForWindows } from "../text/command-line.ts";
import { type ScheduledJob, taskHour } from "./schedule.ts";

export interface SystemdFiles {
  readonly service: string;
  readonly timer: string;
}

/** Uses only the hardening options that work without namespaces: a user's manager may not be allowed any. */
export function systemdFiles(job: ScheduledJob): SystemdFiles {
  const environment = Object.entries(job.environment).map(
    ([name, value]) => `Environment=${quoteForSystemd(`${name}=${value}`)}\n`,
  );
  const description = describe(job).replaceAll("%", "%%");
  return {
    service: `[Unit]
Description=${description}

[Service]
Type=oneshot
ExecStart=${systemdCommand(job.command)}
${environment.join("")}# 3: an MFA code or a confirmation is needed. The next assume prints a notice.
SuccessExitStatus=3
TimeoutStartSec=15min
Nice=10
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
SystemCallArchitectures=native
`,
    timer: `[Unit]
Description=${description}, every hour

[Timer]
OnCalendar=*-*-* *:${two(job.minute)}:00
RandomizedDelaySec=5min
# A run that was missed while the machine slept starts when it wakes.
Persistent=true

[Install]
WantedBy=timers.target
`,
  };
}

/** The label is the job's name. launchd starts a missed run when the machine wakes. */
export function launchdAgent(job: ScheduledJob): string {
  const args = job.command.map((arg) => `    <string>${xml(arg)}</string>\n`);
  const variables = Object.entries(job.environment).map(
    ([name, value]) => `    <key>${xml(name)}</key>\n    <string>${xml(value)}</string>\n`,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- ${xml(describe(job)).replaceAll("--", "- -")} -->
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${xml(job.name)}</string>
  <key>ProgramArguments</key>
  <array>
${args.join("")}  </array>
  <key>EnvironmentVariables</key>
  <dict>
${variables.join("")}  </dict>
  <key>StartCalendarInterval</key>
  <dict>
    <key>Minute</key>
    <integer>${job.minute}</integer>
  </dict>
  <key>ProcessType</key>
  <string>Background</string>
  <key>Umask</key>
  <integer>63</integer>
</dict>
</plist>
`;
}

/** Runs as the user while logged in: the Credential Manager is not available otherwise. */
export function windowsTask(job: ScheduledJob): string {
  const [program = "", ...args] = job.command;
  return `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>${xml(describe(job))}</Description>
  </RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <StartBoundary>2024-01-01T${taskHour}:${two(job.minute)}:00</StartBoundary>
      <ScheduleByDay>
        <DaysInterval>1</DaysInterval>
      </ScheduleByDay>
    </CalendarTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT15M</ExecutionTimeLimit>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>${xml(program)}</Command>
      <Arguments>${xml(args.map(quoteTaskArgument).join(" "))}</Arguments>
    </Exec>
  </Actions>
</Task>
`;
}

function describe({ identity }: ScheduledJob): string {
  return `awst: rotates the access key of ${identity} when it is old enough`.replaceAll(
    /\p{Cc}/gu,
    " ",
  );
}

/** The `:` in front keeps systemd from expanding `$`. */
function systemdCommand(command: readonly string[]): string {
  return command.map((text, index) => quoteForSystemd(index === 0 ? `:${text}` : text)).join(" ");
}

function quoteForSystemd(text: string): string {
  const escaped = text.replaceAll("%", "%%");
  if (/^[\w@+=:,./%-]+$/.test(escaped)) return escaped;
  return `"${escaped.replaceAll(/[\\"]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}

function quoteTaskArgument(text: string): string {
  return /^[\w@+=:,.\\/-]+$/.test(text) ? text : quoteForWindows(text);
}

function xml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}
