import { expectTypeOf, it } from 'vitest';
import type * as Desktop from '../../agent-desktop/src/model/gateway.ts';
import type { ProfileLayout } from '../../src/graphql/desktop/profile-layout.ts';
import type { DesktopSettings, SignedIn } from '../../src/http/desktop/desktop-settings.ts';

it('the desktop reads the types that the gateway writes', () => {
  expectTypeOf<DesktopSettings>().toEqualTypeOf<Desktop.DesktopSettings>();
  expectTypeOf<SignedIn>().toEqualTypeOf<Desktop.SignedIn>();
  expectTypeOf<ProfileLayout>().toEqualTypeOf<Desktop.ProfileLayout>();
});
