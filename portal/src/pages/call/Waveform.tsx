import { type KeyboardEvent, memo, type PointerEvent } from "react";
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
        // biome-ignore lint/suspicious/noArrayIndexKey: channels never change their order
        <div key={index} className={classes.channel}>
          {peaks.length > 1 ? (
            <span className={classes.speaker}>
              {t(index === 0 ? "statistics.caller" : "call.callee")}
            </span>
          ) : null}
          <Bars peaks={channel} height={HEIGHT / peaks.length} />
          <div
            className={classes.played}
            style={{ clipPath: `inset(0 ${100 - 100 * played}% 0 0)` }}
          >
            <Bars peaks={channel} height={HEIGHT / peaks.length} />
          </div>
        </div>
      ))}
    </div>
  );
}

interface BarsProps {
  peaks: number[];
  height: number;
}

/** Drawn once; what was played is the same once more, cut off where it is heard. */
const Bars = memo(function Bars({ peaks, height }: BarsProps) {
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
          />
        );
      })}
    </svg>
  );
});
