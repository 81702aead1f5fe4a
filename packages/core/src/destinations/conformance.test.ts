import { listsInTrouble, writesInTrouble } from './conformance-trouble.ts'
import template from './_template/index.ts'
import { startEmulator as startTemplate } from './_template/emulator/index.ts'
import { minimumCalls as templateCalls } from './_template/emulator/minimum-calls.ts'
import { conformance } from './conformance.ts'
import { emulators, minimumCallsOf, variants } from './emulators.ts'
import { destination } from './registry.ts'

for (const [name, startEmulator] of await emulators()) {
  conformance(destination(name), startEmulator, await minimumCallsOf(name))
  listsInTrouble(destination(name), startEmulator)
  writesInTrouble(`destination ${name}`, destination(name), startEmulator)
  for (const [behaviour, startVariant] of await variants(name)) {
    writesInTrouble(`destination ${name} that ${behaviour}`, destination(name), startVariant)
  }
}

// What every new destination begins as.
conformance(template, startTemplate, templateCalls)
writesInTrouble('the template', template, startTemplate)
listsInTrouble(template, startTemplate)
