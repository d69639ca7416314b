"""A foreign client: onvif-zeep makes one channel of a recorder and reads back what it has made.

It runs as a process of its own, because importing onvif-zeep changes the whole process (O22). It reads a JSON object
from its input and prints what it found.
"""

import json
import sys

from onvif import ONVIFCamera


def main() -> None:
    asked = json.load(sys.stdin)
    recorder = ONVIFCamera(asked["host"], asked["port"], asked["user"], asked["password"], asked["wsdls"])
    # onvif-zeep looks for addresses in GetCapabilities only, and not in its extension, where Profile G stands.
    for service in recorder.devicemgmt.GetServices(False):
        recorder.xaddrs[service.Namespace] = service.XAddr
    recording, receiver = recorder.create_recording_service(), recorder.create_receiver_service()
    search, replay = recorder.create_search_service(), recorder.create_replay_service()

    source = {"SourceId": "urn:x:1", "Name": "上塘1号", "Location": "", "Description": "", "Address": ""}
    held = recording.CreateRecording(
        {"RecordingConfiguration": {"Source": source, "Content": "", "MaximumRetentionTime": "P30D"}}
    )
    setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
    taken = receiver.CreateReceiver(
        {"Configuration": {"Mode": "AutoConnect", "MediaUri": asked["uri"], "StreamSetup": setup}}
    )
    job = recording.CreateRecordingJob(
        {
            "JobConfiguration": {
                "RecordingToken": held,
                "Mode": "Active",
                "Priority": 1,
                "Source": [
                    {
                        "SourceToken": {"Token": taken.Token},
                        "Tracks": [{"SourceTag": "Video", "Destination": "VIDEO001"}],
                    }
                ],
            }
        }
    )
    found = search.FindRecordings({"Scope": {}, "KeepAliveTime": "PT10S"})
    results = search.GetRecordingSearchResults({"SearchToken": found})
    information = results.RecordingInformation[0]
    replayed = replay.GetReplayUri({"StreamSetup": setup, "RecordingToken": held})
    receiver_state = receiver.GetReceiverState({"ReceiverToken": taken.Token}).State
    job_state = recording.GetRecordingJobState({"JobToken": job.JobToken})
    told = {
        "recordings": [item.Configuration.Source.Name for item in recording.GetRecordings()],
        "kept_s": recording.GetRecordings()[0].Configuration.MaximumRetentionTime.total_seconds(),
        "receivers": [item.Configuration.MediaUri for item in receiver.GetReceivers()],
        "receiver": receiver_state,
        "job": [job_state.State, job_state.Sources[0].Tracks.Track[0].Destination],
        "search": [results.SearchState, information.RecordingStatus, str(information.EarliestRecording)],
        "summary": search.GetRecordingSummary().NumberRecordings,
        "replay": replayed,
        "timeout_s": replay.GetReplayConfiguration().SessionTimeout.total_seconds(),
        "capabilities": receiver.GetServiceCapabilities().SupportedReceivers,
    }
    recording.DeleteRecording({"RecordingToken": held})
    receiver.DeleteReceiver({"ReceiverToken": taken.Token})
    told["left"] = [len(recording.GetRecordingJobs() or ()), len(receiver.GetReceivers() or ())]
    print(json.dumps(told))


if __name__ == "__main__":
    main()
