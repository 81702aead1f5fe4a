import { Monitor, Moon, Sun } from 'lucide-react'
import { Button } from '../../components/ui/button.tsx'
import { Menu, MenuChoice, MenuChoices } from '../../components/ui/menu.tsx'
import { setTheme, THEMES, useTheme } from '../../lib/display/theme.ts'
import { words } from '../words.ts'

const ICONS = { system: Monitor, light: Sun, dark: Moon }

export function ThemeMenu() {
  const theme = useTheme()
  const Icon = ICONS[theme]
  return (
    <Menu
      side="top"
      align="start"
      trigger={
        <Button variant="ghost" className="justify-start gap-2.5 px-2.5 font-medium">
          <Icon aria-hidden className="size-4" /> {words.themeMenu.theme}
        </Button>
      }
    >
      <MenuChoices value={theme}>
        {THEMES.map(({ value, label }) => {
          const Each = ICONS[value]
          return (
            <MenuChoice key={value} value={value} onSelect={() => setTheme(value)}>
              <Each aria-hidden className="size-4" /> {label}
            </MenuChoice>
          )
        })}
      </MenuChoices>
    </Menu>
  )
}
