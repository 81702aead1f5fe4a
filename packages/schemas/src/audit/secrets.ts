/** Values that were read, secrets that were written. */
import { count } from '../count.ts'
import type { ActionWords } from './action-words.ts'
import { followed, inside, key, keys, list, name, place, records, say, text } from './sentence.ts'

export const SECRET_ACTIONS = {
  'secret.read': {
    about: 'readings',
    label: 'Value read',
    say: (d) => say`read the value of ${key(d)} in ${place(d)}`,
  },
  'secret.list': {
    about: 'readings',
    label: 'Values of a folder read',
    say: (d) =>
      list(d, 'keys').length > 0
        ? say`read the values of ${keys(d)} in ${place(d)}`
        : say`read the values of ${count(Number(text(d, 'count')), 'secret')} in ${place(d)}`,
  },
  'secret.export': {
    about: 'readings',
    label: 'Secrets exported',
    say: (d) => say`exported ${count(Number(text(d, 'count')), 'secret')} of ${place(d)} as ${text(d, 'format')}`,
  },
  'secret.read-tree': {
    about: 'readings',
    label: 'References of a value read',
    say: (d) => say`resolved the value of ${key(d)} in ${place(d)}`,
  },
  'secret.create': { about: 'secrets', label: 'Secret created', say: (d) => say`created ${keys(d)} in ${place(d)}` },
  'secret.update': {
    about: 'secrets',
    label: 'Secret changed',
    say: (d) => {
      const renamed = records(d, 'renamed')
      const [first] = renamed
      return first && renamed.length === 1 && list(d, 'keys').length === 1
        ? say`renamed ${name(first, 'from')} to ${key({ ...d, key: first.to })} in ${place(d)}${followed(d)}`
        : say`changed ${keys(d)} in ${place(d)}${followed(d)}`
    },
  },
  'secret.paste': {
    about: 'secrets',
    label: '.env pasted',
    say: (d) => say`pasted a .env into ${place(d)}: added ${keys(d, 'added')}, changed ${keys(d, 'changed')}`,
  },
  'secret.move': {
    about: 'secrets',
    label: 'Secret moved',
    say: (d) =>
      say`moved ${keys({ ...inside(d, 'to'), keys: d.keys })} from ${place(inside(d, 'from'))} to ${place(inside(d, 'to'))}${followed(d)}`,
  },
  'secret.delete': { about: 'secrets', label: 'Secret deleted', say: (d) => say`deleted ${keys(d)} in ${place(d)}` },
  'secret.restore': {
    about: 'secrets',
    label: 'Deleted secret restored',
    // A row about a single secret has its key as `name`.
    say: (d) => say`restored the deleted ${'keys' in d ? keys(d) : key(d, 'name')} in ${place(d)}`,
  },
  'secret.restore-version': {
    about: 'secrets',
    label: 'Version restored',
    say: (d) => say`restored version ${text(d, 'from')} of ${key(d)} in ${place(d)}`,
  },
} satisfies Record<string, ActionWords>
