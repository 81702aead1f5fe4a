/** Secrets as the text of a file that other programs read back to the same bytes. */
import { z } from 'zod'
import { dotenvLine } from './dotenv.ts'
import { yamlLine } from './yaml.ts'

export { dotenvLine, yamlLine }

export const secretFileFormat = z.enum(['dotenv', 'json', 'yaml'])
export type SecretFileFormat = z.output<typeof secretFileFormat>

interface SecretFile {
  name: string
  extension: string
  /** What stands around and between the entries. */
  begin: string
  between: string
  end: string
  /** Null when the format can't hold it exactly. */
  entry(key: string, value: string): string | null
}

const LINES = { begin: '', between: '', end: '' }

export const SECRET_FILES: Readonly<Record<SecretFileFormat, SecretFile>> = {
  dotenv: { name: '.env', extension: 'env', ...LINES, entry: dotenvLine },
  json: {
    name: 'JSON',
    extension: 'json',
    begin: '{\n',
    between: ',\n',
    end: '\n}\n',
    entry: (key, value) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  },
  yaml: { name: 'YAML', extension: 'yaml', ...LINES, entry: yamlLine },
}
