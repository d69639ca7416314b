"""The RTSP face of every twin: RFC 2326 control, real H.264/H.265 video over RTP, faults by trait.

The fleet uses :class:`lab.twin.rtsp.server.RtspServer`: ``RtspServer(lookup)``, ``await start(endpoints)``,
``await stop()``, ``sessions(address)``, ``drop(address)``; a twin offers :class:`lab.twin.rtsp.camera.RtspCamera`.
"""
