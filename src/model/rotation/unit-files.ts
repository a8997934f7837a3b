// The files of a systemd user timer, of a launchd agent and of a Windows task, from a job: golden in the
// test. Absolute paths, no secret.

import { quoteForWindows } from "../text/windows-command-line.ts";
import { type ScheduledJob, taskHour } from "./schedule.ts";

export interface SystemdFiles {
  readonly service: string;
  readonly timer: string;
}

/** Hardened by what needs no namespace: a user's manager may not be allowed those. */
export function systemdFiles(job: ScheduledJob): SystemdFiles {
  const environment = Object.entries(job.environment).map(
    ([name, value]) => `Environment=${systemdWord(`${name}=${value}`)}\n`,
  );
  const description = describe(job).replaceAll("%", "%%");
  return {
    service: `[Unit]
Description=${description}

[Service]
Type=oneshot
ExecStart=${systemdCommand(job.words)}
${environment.join("")}# 3: a person is needed; awst left a notice for the next assume.
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
# What was slept through is caught up.
Persistent=true

[Install]
WantedBy=timers.target
`,
  };
}

/** Its label is the job's name. A slot slept through is caught up at waking. */
export function launchdAgent(job: ScheduledJob): string {
  const words = job.words.map((word) => `    <string>${xml(word)}</string>\n`);
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
${words.join("")}  </array>
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

/** Runs as the user, while logged in: elsewhere there is no Credential Manager. */
export function windowsTask(job: ScheduledJob): string {
  const [program = "", ...args] = job.words;
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
      <Arguments>${xml(args.map(windowsWord).join(" "))}</Arguments>
    </Exec>
  </Actions>
</Task>
`;
}

function describe({ identity }: ScheduledJob): string {
  return `awst: replaces the access key of ${identity} when it is old`.replaceAll(/\p{Cc}/gu, " ");
}

/** `:` in front: `$` means nothing in what follows. */
function systemdCommand(words: readonly string[]): string {
  return words.map((word, index) => systemdWord(index === 0 ? `:${word}` : word)).join(" ");
}

function systemdWord(word: string): string {
  const escaped = word.replaceAll("%", "%%");
  if (/^[\w@+=:,./%-]+$/.test(escaped)) return escaped;
  return `"${escaped.replaceAll(/[\\"]/g, "\\$&").replaceAll("\n", "\\n")}"`;
}

function windowsWord(word: string): string {
  return /^[\w@+=:,.\\/-]+$/.test(word) ? word : quoteForWindows(word);
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
