import { set, type FieldErrors, type FieldValues, type Resolver } from 'react-hook-form'
import { messageOf } from '../server/errors.ts'

/**
 * Checks a form by a schema that is loaded after the page: the schemas weigh as much as several forms. Where they can't
 * be loaded, the first field says so and nothing is submitted.
 *
 * @param load gives the resolver; called at each check
 */
export const lateResolver =
  <Input extends FieldValues, Output>(
    load: () => Promise<Resolver<Input, unknown, Output>>,
  ): Resolver<Input, unknown, Output> =>
  async (values, context, options) => {
    try {
      const check = await load()
      return await check(values, context, options)
    } catch (error) {
      const errors: FieldErrors<Input> = {}
      // Not of the form as a whole: that keeps no form from being submitted.
      set(errors, Object.keys(values)[0] ?? 'root', { type: 'code', message: messageOf(error) })
      return { values: {}, errors }
    }
  }
