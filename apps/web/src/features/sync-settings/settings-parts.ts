/** What the sections of a sync's settings have changed and not saved yet. */
import type { updateSync } from '@keyferry/schemas'
import { createContext, useContext, useEffect, useRef } from 'react'
import type { z } from 'zod'

export type Patch = Omit<z.input<typeof updateSync>, 'destination' | 'syncId'>

export interface Part {
  /** What to change; undefined when what is typed is not valid. */
  patch: () => Patch | undefined | Promise<Patch | undefined>
}

type Register = (title: string, part: Part | null) => void

export const SettingsParts = createContext<Register>(() => undefined)

/** Hands what a section changed to the form that saves it, while there is something. */
export function useSettingsPart(title: string, dirty: boolean, patch: Part['patch']): void {
  const register = useContext(SettingsParts)
  const latest = useRef(patch)
  useEffect(() => {
    latest.current = patch
  })
  useEffect(() => {
    if (!dirty) return
    register(title, { patch: () => latest.current() })
    return () => register(title, null)
  }, [register, title, dirty])
}

/**
 * One patch of several, each for other fields or options. Of their versions the earliest: nothing later may be
 * replaced.
 */
export const mergePatches = (patches: readonly Patch[]): Patch => {
  const merged: Patch = Object.assign({}, ...patches)
  const options = patches.flatMap((patch) => patch.options ?? [])
  const versions = patches.flatMap(({ ifVersion }) => ifVersion ?? [])
  return {
    ...merged,
    ...(options.length === 0 ? {} : { options: Object.assign({}, ...options) }),
    ...(versions.length === 0 ? {} : { ifVersion: Math.min(...versions) }),
  }
}
