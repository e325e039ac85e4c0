"""Prints what the service model of AWS WAF says of the API key operations, as emulator/model/service-model.json keeps it."""

import json

import botocore.loaders

OPERATIONS = ['CreateAPIKey', 'ListAPIKeys', 'GetDecryptedAPIKey', 'DeleteAPIKey']


def without_documentation(value):
    if isinstance(value, dict):
        return {key: without_documentation(item) for key, item in value.items() if key != 'documentation'}
    return value


def reachable(shapes, name, found):
    if name in found:
        return
    shape = without_documentation(shapes[name])
    found[name] = shape
    for member in [*shape.get('members', {}).values(), *([shape['member']] if 'member' in shape else [])]:
        reachable(shapes, member['shape'], found)


def extract():
    model = botocore.loaders.Loader().load_service_model('wafv2', 'service-2', '2019-07-29')
    operations, shapes = {}, {}
    for name in OPERATIONS:
        operation = model['operations'][name]
        input, output = operation['input']['shape'], operation['output']['shape']
        errors = [error['shape'] for error in operation['errors']]
        operations[name] = {'input': input, 'output': output, 'errors': errors}
        for root in [input, output, *errors]:
            reachable(model['shapes'], root, shapes)
    keys = ['apiVersion', 'jsonVersion', 'protocol', 'signatureVersion', 'targetPrefix']
    metadata = {key: model['metadata'][key] for key in keys}
    return {'metadata': metadata, 'operations': operations, 'shapes': dict(sorted(shapes.items()))}


if __name__ == '__main__':
    print(json.dumps(extract(), indent=2))
