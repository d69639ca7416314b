from ansible.plugins.callback.default import CallbackModule as Default
DOCUMENTATION='''
name: fleet
type: stdout
short_description: x
description: x
extends_documentation_fragment: [default_callback, result_format_callback]
'''
class CallbackModule(Default):
    CALLBACK_NAME='nanxi.cctv.fleet'
