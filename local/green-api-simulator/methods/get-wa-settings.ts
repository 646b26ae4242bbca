import { json } from '../answers.ts';
import { lidOf, ownChatId } from '../people.ts';
import { lookUp, NO_FIELDS, UNLINKED } from './look-up.ts';

/**
 * The WhatsApp account behind the instance. `chatId` is its `…@lid`; it, the number, the avatar and the device are empty while none is linked
 * (GREEN-API docs, getWaSettings [C]).
 */
export const getWaSettings = lookUp({
  name: 'getWaSettings',
  verb: 'GET',
  callsPerSecond: 1,
  asksWhatsApp: false,
  asked: NO_FIELDS,
  answer({ account: { instance }, faults: { state, suspendedUntil } }) {
    const isLinked = !UNLINKED.has(state);
    const ifLinked = (text: string): string => (isLinked ? text : '');
    return json({
      avatar: ifLinked('https://pps.whatsapp.net/v/t61.24694-24/1_n.jpg'),
      base64Avatar: '',
      chatId: ifLinked(lidOf(ownChatId(instance))),
      phone: ifLinked(instance.ownPhone),
      historySyncProgress: isLinked ? 100 : 0,
      stateInstance: state,
      deviceId: ifLinked(`${instance.ownPhone}:8@s.whatsapp.net`),
      ...(state === 'suspended' && suspendedUntil !== undefined ? { suspendedUntil } : {}),
      logoutProcess: false,
    });
  },
});
