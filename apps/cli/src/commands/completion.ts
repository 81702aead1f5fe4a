import { Argument, type Command } from 'commander'
import { withJson, type Cli, type JsonOption } from '../cli.ts'

export function addCompletion(program: Command, { terminal }: Cli): void {
  withJson(program.command('completion'))
    .description('Print a completion script for your shell')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .action((shell: string, { json }: JsonOption) => {
      const script = SCRIPTS.get(shell)?.(wordsOf(program)) ?? ''
      if (json) terminal.json({ shell, script })
      else terminal.exactly(script)
    })
}

/** What may follow each command, such as `secrets` -> `list get …`. The empty command is the program. */
type Words = ReadonlyMap<string, readonly string[]>

function wordsOf(program: Command): Words {
  const words = new Map<string, readonly string[]>()
  const visit = (command: Command, path: readonly string[]): void => {
    const names = command.commands.map((child) => child.name())
    const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? [])
    const options = command.options.flatMap(({ long }) => long ?? [])
    words.set(path.join(' '), [...names, ...choices, ...options, '--help'])
    for (const child of command.commands) visit(child, [...path, child.name()])
  }
  visit(program, [])
  return words
}

const bash = (words: Words): string => `# keyferry completion for bash: eval "$(keyferry completion bash)"
_keyferry() {
  local word path= try
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ $word == -- ]] && return
    try="\${path:+$path }$word"
    case "$try" in
      ${[...words.keys()]
        .filter(Boolean)
        .map((path) => `"${path}"`)
        .join('|')}) path=$try ;;
    esac
  done
  case "$path" in
${[...words].map(([path, next]) => `    "${path}") COMPREPLY=($(compgen -W "${next.join(' ')}" -- "\${COMP_WORDS[COMP_CWORD]}")) ;;`).join('\n')}
  esac
}
complete -o default -F _keyferry keyferry
`

const zsh = (words: Words): string => `#compdef keyferry
# keyferry completion for zsh: source <(keyferry completion zsh)
autoload -U +X bashcompinit && bashcompinit
${bash(words)}`

const fish = (words: Words): string => `# keyferry completion for fish: keyferry completion fish | source
complete -c keyferry -e
function __keyferry_at
    set -l path ''
    for word in (commandline -opc)[2..-1]
        set -l try (string trim "$path $word")
        contains -- $try ${[...words.keys()]
          .filter(Boolean)
          .map((path) => `'${path}'`)
          .join(' ')}; and set path $try
    end
    test "$path" = "$argv[1]"
end
${[...words].map(([path, next]) => `complete -c keyferry -f -n "__keyferry_at '${path}'" -a '${next.join(' ')}'`).join('\n')}
`

const SCRIPTS = new Map([
  ['bash', bash],
  ['zsh', zsh],
  ['fish', fish],
])
