import {
  Ban,
  Bot,
  Circle,
  Grid3x3,
  Hash,
  Hourglass,
  type LucideIcon,
  MessageSquareText,
  Mic,
  Music,
  PhoneForwarded,
  PhoneOff,
  Split,
  Variable,
  Webhook,
} from "lucide-react";

const ICONS: Record<string, LucideIcon> = {
  Say: MessageSquareText,
  Play: Music,
  Pause: Hourglass,
  Menu: Grid3x3,
  Collect: Hash,
  Record: Mic,
  Dial: PhoneForwarded,
  External: Webhook,
  Stream: Bot,
  Switch: Split,
  Set: Variable,
  Hangup: PhoneOff,
  Reject: Ban,
};

export const iconOf = (actionType: string): LucideIcon => ICONS[actionType] ?? Circle;
