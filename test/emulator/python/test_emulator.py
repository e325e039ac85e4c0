"""boto3 drives the emulator whose URL stands in WAF_EMULATOR_URL."""

import datetime
import itertools
import json
import os
import pathlib
import urllib.request

import boto3
import botocore.config
import botocore.exceptions
import pytest

from extract_model import extract

URL = os.environ['WAF_EMULATOR_URL']
ACCOUNTS = itertools.count(200000000000)


@pytest.fixture
def account():
    """An account without keys."""
    return str(next(ACCOUNTS))


@pytest.fixture
def client(account):
    return client_of(account)


def client_of(account, region='us-east-1', retries=0):
    return boto3.client(
        'wafv2', endpoint_url=URL, region_name=region, aws_access_key_id=account, aws_secret_access_key='secret',
        config=botocore.config.Config(retries={'max_attempts': retries}, parameter_validation=False),
    )


def fail(**fault):
    request = urllib.request.Request(f'{URL}/_emulator/faults', method='POST', data=json.dumps(fault).encode())
    urllib.request.urlopen(request).close()


def test_the_kept_model_is_the_one_of_botocore():
    kept = pathlib.Path(__file__).parents[3] / 'emulator' / 'model' / 'service-model.json'
    assert json.loads(kept.read_text()) == extract()


def test_a_key_is_created_listed_decrypted_and_deleted(client):
    before = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=1)
    key = client.create_api_key(Scope='CLOUDFRONT', TokenDomains=['b.com', 'a.com'])['APIKey']
    assert len(key) == 688
    listed = client.list_api_keys(Scope='CLOUDFRONT')
    assert [summary['APIKey'] for summary in listed['APIKeySummaries']] == [key]
    assert listed['APIKeySummaries'][0]['TokenDomains'] == ['b.com', 'a.com']
    assert listed['APIKeySummaries'][0]['Version'] == 0
    assert listed['ApplicationIntegrationURL'].endswith('/')
    assert 'NextMarker' not in listed
    decrypted = client.get_decrypted_api_key(Scope='CLOUDFRONT', APIKey=key)
    assert decrypted['TokenDomains'] == ['b.com', 'a.com']
    assert before < decrypted['CreationTimestamp'] < before + datetime.timedelta(minutes=1)
    client.delete_api_key(Scope='CLOUDFRONT', APIKey=key)
    assert client.list_api_keys(Scope='CLOUDFRONT')['APIKeySummaries'] == []


def test_markers_lead_through_all_keys(client):
    keys = [client.create_api_key(Scope='REGIONAL', TokenDomains=['a.com'])['APIKey'] for _ in range(5)]
    found, marker = [], {}
    while True:
        page = client.list_api_keys(Scope='REGIONAL', Limit=2, **marker)
        found.extend(summary['APIKey'] for summary in page['APIKeySummaries'])
        if 'NextMarker' not in page:
            break
        marker = {'NextMarker': page['NextMarker']}
    assert found == keys


def test_a_public_suffix_is_an_invalid_parameter(client):
    with pytest.raises(client.exceptions.WAFInvalidParameterException) as thrown:
        client.create_api_key(Scope='CLOUDFRONT', TokenDomains=['co.uk'])
    assert thrown.value.response['Field'] == 'TOKEN_DOMAIN'
    assert thrown.value.response['Parameter'] == 'co.uk'
    assert thrown.value.response['Reason']


def test_cloudfront_outside_us_east_1_is_an_invalid_parameter(account):
    client = client_of(account, region='eu-west-1')
    with pytest.raises(client.exceptions.WAFInvalidParameterException):
        client.list_api_keys(Scope='CLOUDFRONT')


def test_deleting_an_unknown_key_is_a_nonexistent_item(client):
    with pytest.raises(client.exceptions.WAFNonexistentItemException):
        client.delete_api_key(Scope='CLOUDFRONT', APIKey='garbage')


def test_decrypting_garbage_is_an_invalid_resource(client):
    with pytest.raises(client.exceptions.WAFInvalidResourceException):
        client.get_decrypted_api_key(Scope='CLOUDFRONT', APIKey='garbage')


@pytest.mark.parametrize('arguments', [
    {'Scope': 'GLOBAL'}, {'Scope': 'REGIONAL', 'Limit': 0}, {'Scope': 'REGIONAL', 'Limit': 101}, {},
])
def test_what_breaks_the_model_is_a_validation_exception(client, arguments):
    with pytest.raises(botocore.exceptions.ClientError) as thrown:
        client.list_api_keys(**arguments)
    assert thrown.value.response['Error']['Code'] == 'ValidationException'
    assert 'failed to satisfy constraint' in thrown.value.response['Error']['Message']


@pytest.mark.parametrize('kind, status', [
    ('AccessDeniedException', 400), ('ThrottlingException', 400),
    ('WAFInternalErrorException', 500), ('WAFOptimisticLockException', 400),
])
def test_error_faults_carry_their_code_and_status(account, kind, status):
    client = client_of(account, region='ap-northeast-1')
    fail(kind=kind, region='ap-northeast-1')
    with pytest.raises(botocore.exceptions.ClientError) as thrown:
        client.list_api_keys(Scope='REGIONAL')
    assert thrown.value.response['Error']['Code'] == kind
    assert thrown.value.response['Error']['Message']
    assert thrown.value.response['ResponseMetadata']['HTTPStatusCode'] == status
    assert thrown.value.response['ResponseMetadata']['RequestId']


def test_a_reset_connection_is_a_connection_error(account):
    fail(kind='reset-before', region='ap-south-1')
    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        client_of(account, region='ap-south-1').list_api_keys(Scope='REGIONAL')


def test_boto3_tries_again_when_throttled(account):
    fail(kind='ThrottlingException', region='sa-east-1')
    response = client_of(account, region='sa-east-1', retries=2).list_api_keys(Scope='REGIONAL')
    assert response['ResponseMetadata']['RetryAttempts'] == 1
