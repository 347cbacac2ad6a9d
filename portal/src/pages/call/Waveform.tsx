import type { KeyboardEvent, PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import { formatDuration } from "@/format";
import classes from "./Waveform.module.css";

const HEIGHT = 72;
const STEP_S = 2;

interface WaveformProps {
  peaks: number[][];
  at: number;
  duration: number;
  onSeek: (seconds: number) => void;
}

/** The sound as bars, a row for each side; a slider to the keyboard and to screen readers. */
export function Waveform({ peaks, at, duration, onSeek }: WaveformProps) {
  const { t } = useTranslation();
  const seekTo = (seconds: number) => onSeek(Math.min(duration, Math.max(0, seconds)));
  const point = (event: PointerEvent<HTMLDivElement>) => {
    if (event.buttons !== 1) return;
    const { left, width } = event.currentTarget.getBoundingClientRect();
    seekTo(((event.clientX - left) / width) * duration);
  };
  const press = (event: KeyboardEvent) => {
    const move = { ArrowLeft: -STEP_S, ArrowRight: STEP_S, Home: -duration, End: duration }[
      event.key
    ];
    if (move === undefined) return;
    event.preventDefault();
    seekTo(at + move);
  };
  const played = duration > 0 ? at / duration : 0;
  return (
    <div
      className={classes.wave}
      role="slider"
      tabIndex={0}
      aria-label={t("call.position")}
      aria-valuemin={0}
      aria-valuemax={Math.round(duration)}
      aria-valuenow={Math.round(at)}
      aria-valuetext={formatDuration(at)}
      onPointerDown={point}
      onPointerMove={point}
      onKeyDown={press}
    >
      {peaks.map((channel, index) => (
        <Bars
          // biome-ignore lint/suspicious/noArrayIndexKey: channels never change their order
          key={index}
          peaks={channel}
          played={played}
          height={HEIGHT / peaks.length}
        />
      ))}
    </div>
  );
}

function Bars({ peaks, played, height }: { peaks: number[]; played: number; height: number }) {
  return (
    <svg
      viewBox={`0 0 ${peaks.length} ${height}`}
      preserveAspectRatio="none"
      height={height}
      width="100%"
      aria-hidden="true"
    >
      {peaks.map((peak, index) => {
        const size = Math.max(1, peak * (height - 2));
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a bar is its place
            key={index}
            x={index + 0.15}
            y={(height - size) / 2}
            width={0.7}
            height={size}
            className={index / peaks.length < played ? classes.played : classes.bar}
          />
        );
      })}
    </svg>
  );
}
