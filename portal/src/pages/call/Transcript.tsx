import { Text, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Fragment, type MouseEvent, memo, useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { type CallRecording, transcriptionQuery } from "@/api/calls";
import { formatDuration } from "@/format";
import { Loaded, RowsSkeleton } from "@/ui";
import classes from "./Transcript.module.css";
import { heardAt, type Turn, turnsOf } from "./turns";

interface TranscriptProps {
  recording: CallRecording;
  /** Whether each side of the call has a channel of its own. */
  hasSpeakers: boolean;
  at: number;
  onSeek: (seconds: number) => void;
}

/** What was said, word by word as it is heard; a click on a word goes there. */
export function Transcript({ recording, hasSpeakers, at, onSeek }: TranscriptProps) {
  const { t } = useTranslation();
  const query = useQuery(transcriptionQuery(recording.id));
  const turns = useMemo(() => turnsOf(query.data?.segments ?? []), [query.data]);
  if (query.data === null) return null;
  return (
    <Loaded query={query} skeleton={<RowsSkeleton rows={1} height={48} />}>
      {(transcription) =>
        transcription && turns.length > 0 ? (
          <Turns
            turns={turns}
            language={transcription.language}
            hasSpeakers={hasSpeakers}
            at={at}
            onSeek={onSeek}
          />
        ) : (
          <Text size="sm" c="dimmed" role="status">
            {t(`call.transcription.${transcription?.status ?? "Pending"}`)}
          </Text>
        )
      }
    </Loaded>
  );
}

interface TurnsProps extends Omit<TranscriptProps, "recording"> {
  turns: readonly Turn[];
  language: string;
}

function Turns({ turns, language, hasSpeakers, at, onSeek }: TurnsProps) {
  const { t } = useTranslation();
  const list = useRef<HTMLOListElement>(null);
  const last = turns.findLastIndex(({ start }) => start <= at);

  // The list alone is scrolled: the page stays where its reader wants it.
  useEffect(() => {
    const turn = list.current?.children[last];
    if (!list.current || !(turn instanceof HTMLElement)) return;
    const { scrollTop, clientHeight } = list.current;
    const isSeen =
      turn.offsetTop >= scrollTop && turn.offsetTop + turn.offsetHeight <= scrollTop + clientHeight;
    if (!isSeen) list.current.scrollTop = turn.offsetTop;
  }, [last]);

  return (
    <ol ref={list} className={classes.turns} lang={language} aria-label={t("call.transcript")}>
      {turns.map((turn, index) => (
        <Spoken
          key={`${turn.channel} ${turn.start}`}
          turn={turn}
          hasSpeaker={hasSpeakers}
          heard={heardIn(turn, turns[index + 1], at)}
          onSeek={onSeek}
        />
      ))}
    </ol>
  );
}

/** The word of a turn that is heard, -1 before it, after it, and where nothing was played yet. */
const heardIn = (turn: Turn, next: Turn | undefined, at: number) =>
  at === 0 || (next && next.start <= at) ? -1 : heardAt(turn.words, at);

interface SpokenProps {
  turn: Turn;
  hasSpeaker: boolean;
  heard: number;
  onSeek: (seconds: number) => void;
}

const Spoken = memo(function Spoken({ turn, hasSpeaker, heard, onSeek }: SpokenProps) {
  const { t } = useTranslation();
  const jump = ({ target }: MouseEvent) => {
    const index = target instanceof HTMLElement ? target.dataset.word : undefined;
    const word = index === undefined ? undefined : turn.words[Number(index)];
    if (word) onSeek(word.start);
  };
  const moment = formatDuration(turn.start);
  return (
    <li className={classes.turn} data-channel={turn.channel}>
      <UnstyledButton
        className={classes.moment}
        onClick={() => onSeek(turn.start)}
        aria-label={t("call.playFrom", { moment })}
      >
        {moment}
      </UnstyledButton>
      {hasSpeaker ? (
        <span className={classes.speaker}>
          {t(turn.channel === 0 ? "statistics.caller" : "call.callee")}
        </span>
      ) : null}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard goes by the times before it */}
      <p className={classes.words} onClick={jump}>
        {turn.words.map((word, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: words never change their order
          <Fragment key={index}>
            <span data-word={index} data-heard={index === heard || undefined}>
              {word.text}
            </span>{" "}
          </Fragment>
        ))}
      </p>
    </li>
  );
});
