// Where carriers reach this server, below its public base URL.
#pragma once

namespace centralita {

inline constexpr char kMediaStreamPath[] = "/api/v1/ws/media-stream";
inline constexpr char kTwilioCallPath[] = "/api/v1/twilio/incoming-call";
inline constexpr char kTwilioStatusPath[] = "/api/v1/twilio/call-status";
inline constexpr char kTwilioAmdPath[] = "/api/v1/twilio/amd";
inline constexpr char kTwilioStreamStatusPath[] = "/api/v1/twilio/stream-status";
inline constexpr char kTwilioRecordingPath[] = "/api/v1/twilio/recording-status";
inline constexpr char kTelnyxPath[] = "/api/v1/telnyx/call-control";

}  // namespace centralita
