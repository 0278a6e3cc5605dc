#!/usr/bin/env python3
"""Silero's network by ONNX Runtime, for vad_bench.

silero_reference.py WEIGHTS FOLDER: for each FOLDER/NAME.wav (8 kHz, mono, 16 bits) writes
FOLDER/NAME.scores: CPU milliseconds of the network, then a probability for each 32 ms, one a line.
"""
import pathlib
import sys
import time
import wave

import numpy
import onnxruntime

RATE = 16000
WINDOW = 512
CONTEXT = 64


def upsampled(samples):
    """8 kHz to 16 kHz by a windowed sinc of 64 taps, without delay."""
    n = numpy.arange(-64, 65)
    taps = numpy.sinc(n / 2) * numpy.kaiser(len(n), 8)
    spread = numpy.zeros(2 * len(samples))
    spread[::2] = samples
    return numpy.convolve(spread, taps, "same").astype(numpy.float32)


def main():
    weights, folder = sys.argv[1:]
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
    rate = numpy.array(RATE, dtype=numpy.int64)
    for path in sorted(pathlib.Path(folder).glob("*.wav")):
        with wave.open(str(path)) as file:
            samples = numpy.frombuffer(file.readframes(file.getnframes()), "<i2") / 32768
        audio = numpy.concatenate([numpy.zeros(CONTEXT, numpy.float32), upsampled(samples)])
        state = numpy.zeros((2, 1, 128), numpy.float32)
        scores = []
        begin = time.process_time()
        for at in range(0, len(audio) - CONTEXT - WINDOW + 1, WINDOW):
            window = audio[None, at : at + CONTEXT + WINDOW]
            out, state = session.run(None, {"input": window, "state": state, "sr": rate})
            scores.append(float(out[0, 0]))
        spent = 1000 * (time.process_time() - begin)
        lines = [f"{spent:.3f}"] + [f"{score:.6f}" for score in scores]
        path.with_suffix(".scores").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
