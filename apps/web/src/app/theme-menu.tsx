import { Monitor, Moon, Sun } from 'lucide-react'
import { Button } from '../components/ui/button.tsx'
import { Menu, MenuChoice, MenuChoices } from '../components/ui/menu.tsx'
import { setTheme, useTheme } from '../lib/theme.ts'

const THEMES = [
  { value: 'system', label: 'As the system', icon: Monitor },
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
] as const

export function ThemeMenu() {
  const theme = useTheme()
  const Icon = THEMES.find((each) => each.value === theme)?.icon ?? Monitor
  return (
    <Menu
      side="top"
      align="start"
      trigger={
        <Button variant="ghost" className="justify-start gap-2.5 px-2.5 font-medium">
          <Icon aria-hidden className="size-4" /> Theme
        </Button>
      }
    >
      <MenuChoices value={theme}>
        {THEMES.map(({ value, label, icon: Each }) => (
          <MenuChoice key={value} value={value} onSelect={() => setTheme(value)}>
            <Each aria-hidden className="size-4" /> {label}
          </MenuChoice>
        ))}
      </MenuChoices>
    </Menu>
  )
}
