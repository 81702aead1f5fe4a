import { Plus, Trash2 } from 'lucide-react'
import { Button } from '../../../components/ui/button.tsx'
import { TextField } from '../../../components/ui/field.tsx'
import { IconButton } from '../../../components/ui/icon-button.tsx'
import type { SecretMetadata } from '../../../lib/server/types.ts'
import { words } from '../words.ts'

interface Props {
  value: SecretMetadata
  onChange: (value: SecretMetadata) => void
  /** By index, what is wrong with a pair. */
  problemOf: (index: number) => string | undefined
}

/** The notes of other programs on a secret: pairs of a key and a value. */
export function MetadataFields({ value, onChange, problemOf }: Props) {
  const change = (at: number, part: Partial<SecretMetadata[number]>) =>
    onChange(value.map((pair, index) => (index === at ? { ...pair, ...part } : pair)))
  return (
    <fieldset className="grid min-w-0 gap-2">
      <legend className="mb-1.5 text-sm font-medium">
        {words.metadataFields.metadata}{' '}
        <span className="ml-1 text-xs font-normal text-faint">{words.metadataFields.optional}</span>
      </legend>
      {value.map((pair, index) => (
        // Pairs have no identity of their own, and are only added at the end.
        <div key={index} className="grid grid-cols-[minmax(0,2fr)_minmax(0,3fr)_auto] items-start gap-2">
          <TextField
            label={words.metadataFields.key(index + 1)}
            value={pair.key}
            onChange={(event) => change(index, { key: event.target.value })}
            spellCheck={false}
            error={problemOf(index)}
          />
          <TextField
            label={words.metadataFields.value(index + 1)}
            value={pair.value}
            onChange={(event) => change(index, { value: event.target.value })}
            spellCheck={false}
          />
          <IconButton
            icon={Trash2}
            label={words.metadataFields.removeMetadata(index + 1)}
            className="mt-7.5"
            onClick={() => onChange(value.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      <Button
        size="sm"
        className="w-fit"
        onClick={() => onChange([...value, { key: '', value: '', isEncrypted: false }])}
      >
        <Plus aria-hidden className="size-4" /> {words.metadataFields.addMetadata}
      </Button>
    </fieldset>
  )
}
