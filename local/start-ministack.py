"""Starts MiniStack, closer to CloudFormation.

- It does not wait until the function of a resource ends. Otherwise the function asks in vain about the resource, which
  is there only when MiniStack has read the response.
- An SNS topic can be the provider of a custom resource.
- With LAG_SECONDS, what CloudFormation and EventBridge Scheduler show is late.
"""
from contextvars import copy_context
from os import environ
from threading import Thread
from time import monotonic

from ministack.app import main
from ministack.services import lambda_svc, scheduler, sns
from ministack.services.cloudformation import handlers

execute = lambda_svc._execute_function_with_config_scope
find = lambda_svc._get_func_record_for_ref


def find_provider(arn):
    return ({'topic': arn}, {}, arn) if arn.startswith('arn:aws:sns:') else find(arn)


def invoke(function, event):
    if 'topic' in function:
        return sns.publish_internal(function['topic'], event)
    if not isinstance(event, dict) or 'ResponseURL' not in event:
        return execute(function, event)
    Thread(target=copy_context().run, args=(execute, function, event), daemon=True).start()


lambda_svc._get_func_record_for_ref = find_provider
lambda_svc._execute_function_with_config_scope = invoke


def late(read, lag):
    """A changed answer is given so many seconds after it was first there when asked for."""
    answers = {}

    def read_late(*arguments):
        known = answers.setdefault(repr(arguments), [])
        known.append((monotonic(), read(*arguments)))
        while len(known) > 1 and known[1][0] <= monotonic() - lag:
            known.pop(0)
        return known[0][1]

    return read_late


lag = float(environ.get('LAG_SECONDS', 0))
if lag:
    actions = handlers._ACTION_HANDLERS
    actions['DescribeStackResource'] = late(actions['DescribeStackResource'], lag)
    scheduler._get_schedule = late(scheduler._get_schedule, lag)
    scheduler._list_schedules = late(scheduler._list_schedules, lag)

main()
