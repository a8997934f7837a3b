// Completions for PowerShell, for the program and for the function of `shell-init`.

import type { CompletionNode, CompletionOption } from "./completion-table.ts";

/** `list`: path of the file with the names. */
export function powershellCompletion(
  nodes: readonly CompletionNode[],
  globalOptions: readonly CompletionOption[],
  list: string,
): string {
  const table = nodes.map((node) => {
    const program = node.isProgram ? "$true" : "$false";
    const fills = node.arguments.map(quote).join(", ");
    const next = pairs(node.subcommands);
    const opts = pairs(described(node.options));
    const valued = valuedOf(node.options);
    return `    ${quote(node.path)} = @{ next = ${next}; opts = ${opts}; fills = @(${fills}); valued = @{ ${valued} }; program = ${program} }`;
  });
  return script
    .replace("LIST", () => quote(list))
    .replace("OPTIONS", () => pairs(described(globalOptions)))
    .replace("VALUED", () => valuedOf(globalOptions))
    .replace("TABLE", () => table.join("\n"));
}

/** The leading comma keeps a list with one element a list. */
function pairs(all: readonly (readonly [string, string])[]): string {
  return `@(${all.map((pair) => `,@(${pair.map(quote).join(", ")})`).join("; ")})`;
}

function described(options: readonly CompletionOption[]) {
  return options.map(({ name, help }) => [name, help] as const);
}

function valuedOf(options: readonly CompletionOption[]): string {
  return options
    .flatMap(({ name, fill }) => (fill === undefined ? [] : [`${quote(name)} = ${quote(fill)}`]))
    .join("; ");
}

function quote(text: string): string {
  return `'${text.replaceAll(/['‘’‚‛]/g, "$&$&")}'`;
}

const script = String.raw`Register-ArgumentCompleter -Native -CommandName awst -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $list = LIST
  $opts = OPTIONS
  $valued = @{ VALUED }
  $table = @{
TABLE
  }
  $typed = @($commandAst.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object {
    if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.ToString() }
  })
  $typedText = $wordToComplete.Trim("'", '"')
  $path = ''
  $pending = ''
  $names = @()
  $node = $table['']
  foreach ($item in $typed) {
    if ($pending -ne '') { $pending = ''; continue }
    if ($item -ceq '--' -and $node.program) { return }
    if ($item -like '-*=*') { continue }
    if ($item -like '-*') { $pending = [string]$node.valued[$item] + [string]$valued[$item]; continue }
    if ($node.next.Count -gt 0) {
      $path = "$path $item".Trim()
      $node = $table[$path]
      if ($null -eq $node) { return }
    } else {
      $names += $item
    }
  }
  function Offer($text, $help) {
    if (-not $text.StartsWith($typedText, [System.StringComparison]::OrdinalIgnoreCase)) { return }
    $written = if ($text -match '^[\w./+=:-]+$') { $text } else { "'" + ($text -replace "['‘’‚‛]", '$0$0') + "'" }
    [System.Management.Automation.CompletionResult]::new($written, $text, 'ParameterValue', $help)
  }
  $fill = ''
  if ($pending -ne '') { $fill = $pending }
  elseif ($typedText -like '-*') { foreach ($each in @($node.opts) + $opts) { Offer $each[0] $each[1] }; return }
  elseif ($node.next.Count -gt 0) { foreach ($each in $node.next) { Offer $each[0] $each[1] }; return }
  elseif ($names.Count -lt $node.fills.Count) { $fill = $node.fills[$names.Count] }
  if ($fill -eq '' -or $fill -eq '@any' -or $fill -eq '@files') { return }
  if (-not $fill.StartsWith('@')) { foreach ($each in $fill.Split('|')) { Offer $each $each }; return }
  if (-not [System.IO.File]::Exists($list)) { return }
  $lines = [System.IO.File]::ReadAllLines($list)
  $tab = [char]9
  if ($fill -eq '@accounts') {
    foreach ($line in $lines) { $name = $line.Split($tab)[0]; if ($name -ne '') { Offer $name $name } }
    return
  }
  $found = $null
  foreach ($line in $lines) {
    $name = $line.Split($tab)[0]
    if ($fill -eq '@identities') { if ($name -eq '') { $found = $line } }
    elseif ($name -ceq $names[0]) { $found = $line; break }
    elseif ($null -eq $found -and $name -ne '' -and $name.Contains($names[0])) { $found = $line }
  }
  if ($null -ne $found) { $found.Split($tab) | Select-Object -Skip 1 | ForEach-Object { Offer $_ $_ } }
}
`;
