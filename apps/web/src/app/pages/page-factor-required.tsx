import { getRouteApi } from '@tanstack/react-router'
import { FactorRequiredPage } from '../../features/account/factor-required-page.tsx'

const page = getRouteApi('/second-factor-required')

export const FactorRequired = () => <FactorRequiredPage next={page.useSearch().next} />
