"""Video quality diagnosis (视频质量诊断): one picture is measured by ffmpeg's filters and scored against thresholds as data.

No face, plate or person is looked for; a picture is numbers here, and is not kept.
"""
