import { clsx, type ClassValue } from 'clsx'
import { twMerge } from 'tailwind-merge'

/** Class names, the later of two that fight winning. */
export const cn = (...classes: ClassValue[]): string => twMerge(clsx(classes))
