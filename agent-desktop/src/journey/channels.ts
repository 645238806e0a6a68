import type { IconName } from '../pieces/icon.tsx';
import type { Translate } from '../text/translate.ts';
import type { JourneyChannel } from './interaction.ts';

interface ChannelLook {
  readonly icon: IconName;
  /** Short, for a filter. */
  readonly label: (t: Translate) => string;
  /** In full, for a screen reader. */
  readonly name: (t: Translate) => string;
}

const LOOKS: Readonly<Record<JourneyChannel, ChannelLook>> = {
  WEB: { icon: 'globe', label: (t) => t('Web'), name: (t) => t('Web') },
  MOBILE: { icon: 'phone-device', label: (t) => t('App'), name: (t) => t('Mobile app') },
  EMAIL: { icon: 'mail', label: (t) => t('E-mail'), name: (t) => t('E-mail') },
  MESSAGING: { icon: 'note', label: (t) => t('Messages'), name: (t) => t('Messages') },
  SOCIAL: { icon: 'person', label: (t) => t('Social'), name: (t) => t('Social network') },
  STORE: { icon: 'store', label: (t) => t('Store'), name: (t) => t('Store') },
  CALL_CENTRE: { icon: 'handset', label: (t) => t('Calls'), name: (t) => t('Call centre') },
  OTHER: { icon: 'more', label: (t) => t('Other'), name: (t) => t('Another channel') },
};

export const lookOf = (channel: JourneyChannel): ChannelLook => LOOKS[channel];

/** Sets the colour of the channel for what is inside. */
export const classOf = (channel: JourneyChannel): string => `journey-channel-${channel.toLowerCase().replace('_', '-')}`;
