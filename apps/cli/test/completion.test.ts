import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { newHome, type Home } from '@keyferry/server/testing-cli'
import { beforeEach, describe, expect, it } from 'vitest'

let home: Home
beforeEach(async () => {
  home = await newHome()
})

describe('completion', () => {
  it('knows the commands, in a script that the shell takes', async () => {
    for (const shell of ['bash', 'zsh', 'fish']) {
      const { code, stdout } = await home.keyferry(['completion', shell])
      expect(code).toBe(0)
      expect(stdout).toContain('list get set delete import export')
      expect(balanced(stdout)).toBe(true)
      const script = join(home.dir, `completion.${shell}`)
      await writeFile(script, stdout)
      const checked = spawnSync(shell, ['-n', script], { encoding: 'utf8' })
      // A shell that is not installed cannot be asked.
      if (!checked.error) expect(checked).toMatchObject({ status: 0, stderr: '' })
    }
  })

  it('offers what may follow, in bash', async () => {
    const { stdout } = await home.keyferry(['completion', 'bash'])
    const offers = (...words: string[]): string[] => {
      const line = ['keyferry', ...words].map((word) => `'${word}'`).join(' ')
      const ask = `COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _keyferry; printf '%s\\n' "\${COMPREPLY[@]}"`
      const { stdout: answer } = spawnSync('bash', ['-c', `${stdout}\n${ask}`], { encoding: 'utf8' })
      return answer.split('\n').filter(Boolean)
    }
    expect(offers('sec')).toEqual(['secrets'])
    expect(offers('secrets', 'ex')).toEqual(['export'])
    expect(offers('syncs', 'plan', '--js')).toEqual(['--json'])
    expect(offers('completion', 'f')).toEqual(['fish'])
    expect(offers('admin', '')).toEqual(expect.arrayContaining(['backup', 'prune-audit', 'import-project']))
    expect(offers('run', '--', 'se')).toEqual([])
  })

  it('offers what may follow, in zsh and fish where they are installed', async () => {
    const zsh = join(home.dir, 'completion.zsh')
    await writeFile(zsh, (await home.keyferry(['completion', 'zsh'])).stdout)
    const inZsh = spawnSync('zsh', [
      '-fc',
      `autoload -U compinit && compinit -u -D && source ${zsh} && print $_comps[keyferry]
      setopt ksharrays; COMP_WORDS=(keyferry secrets ex); COMP_CWORD=2; _keyferry; print -l "\${COMPREPLY[@]}"`,
    ])
    if (!inZsh.error) {
      expect(inZsh.stderr.toString()).toBe('')
      // zsh itself chooses those that begin as what is typed.
      const [bound, ...offered] = inZsh.stdout.toString().split('\n')
      expect(bound).toContain('_keyferry')
      expect(offered).toContain('export')
    }
    const fish = join(home.dir, 'completion.fish')
    await writeFile(fish, (await home.keyferry(['completion', 'fish'])).stdout)
    const ask = `source ${fish}; complete -C 'keyferry secrets ex'; complete -C 'keyferry secrets import ${home.dir}/comp'`
    const inFish = spawnSync('fish', ['--no-config', '-c', ask])
    if (!inFish.error) expect(inFish.stdout.toString().trim().split('\n')).toEqual(['export', fish, zsh])
  })
})

/** Every quote, brace and bracket is closed: what a shell that is not here would say first. */
function balanced(script: string): boolean {
  const quotes = script.replaceAll(/#.*$/gm, '').match(/'/g)?.length ?? 0
  const blocks = (open: RegExp, close: RegExp) =>
    (script.match(open)?.length ?? 0) === (script.match(close)?.length ?? 0)
  return quotes % 2 === 0 && blocks(/\bcase\b/g, /\besac\b/g) && blocks(/\{/g, /\}/g) && blocks(/\[/g, /\]/g)
}
