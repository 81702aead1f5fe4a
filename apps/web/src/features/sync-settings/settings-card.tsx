import type { ReactNode } from 'react'
import { Section } from '../../components/ui/card.tsx'
import { useSettingsPart, type Part } from './settings-parts.ts'

interface Props extends Part {
  title: string
  text?: string
  dirty: boolean
  children: ReactNode
}

/** The address of a section within the page. */
export const anchorOf = (title: string): string => `settings-${title.toLowerCase().replaceAll(/[^a-z]+/g, '-')}`

/** One part of a sync's settings. The form around it saves what it changed. */
export function SettingsCard({ title, text, dirty, patch, children }: Props) {
  useSettingsPart(title, dirty, patch)
  return (
    <div id={anchorOf(title)} className="scroll-mt-20 [&>section]:h-full">
      <Section title={title} text={text}>
        <div className="grid max-w-2xl gap-4">{children}</div>
      </Section>
    </div>
  )
}
