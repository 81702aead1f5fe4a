import type { Menu } from 'radix-ui/internal'
import { createContext } from 'react'

/** What the items of an open menu are made of. */
export const MenuParts = createContext<typeof Menu | null>(null)
