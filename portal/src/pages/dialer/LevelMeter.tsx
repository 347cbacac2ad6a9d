import { Group, Text } from "@mantine/core";
import { useEffect, useRef } from "react";
import classes from "./LevelMeter.module.css";

const FLOOR_DB = -60;

/** How loud a sound is: -60 dB and less is nothing, 0 dB is all. */
function levelOf(samples: Float32Array): number {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const decibels = 10 * Math.log10(power || 1e-12);
  return Math.min(1, Math.max(0, 1 - decibels / FLOOR_DB));
}

/** A bar that follows a sound. */
export function LevelMeter({ label, sound }: { label: string; sound: MediaStream | null }) {
  const meter = useRef<HTMLDivElement>(null);
  const bar = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (!sound) return;
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 1024;
    context.createMediaStreamSource(sound).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    let frame = 0;
    const show = (level: number) => {
      if (bar.current) bar.current.style.transform = `scaleX(${level.toFixed(3)})`;
      meter.current?.setAttribute("aria-valuenow", String(Math.round(level * 100)));
    };
    const look = () => {
      analyser.getFloatTimeDomainData(samples);
      show(levelOf(samples));
      frame = requestAnimationFrame(look);
    };
    look();
    return () => {
      cancelAnimationFrame(frame);
      show(0);
      void context.close();
    };
  }, [sound]);

  return (
    <Group gap="sm" wrap="nowrap">
      <Text size="xs" c="dimmed" w={84}>
        {label}
      </Text>
      <div
        ref={meter}
        className={classes.meter}
        style={{ flex: 1 }}
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={0}
      >
        <div ref={bar} className={classes.level} />
      </div>
    </Group>
  );
}
