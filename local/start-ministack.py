"""Starts MiniStack with a correction: as CloudFormation, it does not wait until the function of a resource ends.

Otherwise the function asks in vain about the resource, which is there only when MiniStack has read the response.
"""
from contextvars import copy_context
from threading import Thread

from ministack.app import main
from ministack.services import lambda_svc

execute = lambda_svc._execute_function_with_config_scope


def invoke(function, event):
    if not isinstance(event, dict) or 'ResponseURL' not in event:
        return execute(function, event)
    Thread(target=copy_context().run, args=(execute, function, event), daemon=True).start()


lambda_svc._execute_function_with_config_scope = invoke
main()
