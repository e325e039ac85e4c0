// Package emulator drives the emulator whose URL stands in WAF_EMULATOR_URL with the AWS SDK for Go.
package emulator

import (
	"context"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/wafv2"
	"github.com/aws/aws-sdk-go-v2/service/wafv2/types"
	"github.com/aws/smithy-go"
)

func clientOf(t *testing.T, account, region string) *wafv2.Client {
	t.Helper()
	url := os.Getenv("WAF_EMULATOR_URL")
	if url == "" {
		t.Fatal("WAF_EMULATOR_URL is not set")
	}
	return wafv2.New(wafv2.Options{
		BaseEndpoint:     aws.String(url),
		Region:           region,
		RetryMaxAttempts: 1,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: account, SecretAccessKey: "secret"}, nil
		}),
	})
}

func create(t *testing.T, client *wafv2.Client, domains ...string) *string {
	t.Helper()
	created, err := client.CreateAPIKey(context.Background(), &wafv2.CreateAPIKeyInput{
		Scope: types.ScopeCloudfront, TokenDomains: domains,
	})
	if err != nil {
		t.Fatal(err)
	}
	return created.APIKey
}

func TestKeyIsCreatedListedDecryptedAndDeleted(t *testing.T) {
	ctx, client := context.Background(), clientOf(t, "400000000001", "us-east-1")
	key := create(t, client, "b.com", "a.com")
	if len(*key) != 688 {
		t.Errorf("the key has %d characters, want 688", len(*key))
	}
	listed, err := client.ListAPIKeys(ctx, &wafv2.ListAPIKeysInput{Scope: types.ScopeCloudfront})
	if err != nil {
		t.Fatal(err)
	}
	if len(listed.APIKeySummaries) != 1 || *listed.APIKeySummaries[0].APIKey != *key {
		t.Errorf("listed %d keys, want the new one alone", len(listed.APIKeySummaries))
	}
	if url := aws.ToString(listed.ApplicationIntegrationURL); !strings.Contains(url, ".edge.captcha-sdk.awswaf.com/") {
		t.Errorf("the integration URL is %q", url)
	}
	decrypted, err := client.GetDecryptedAPIKey(ctx, &wafv2.GetDecryptedAPIKeyInput{
		Scope: types.ScopeCloudfront, APIKey: key,
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"b.com", "a.com"}; !reflect.DeepEqual(decrypted.TokenDomains, want) {
		t.Errorf("decrypted to %v, want %v", decrypted.TokenDomains, want)
	}
	byKey, byList := decrypted.CreationTimestamp, listed.APIKeySummaries[0].CreationTimestamp
	if !byKey.Equal(*byList) {
		t.Errorf("created at %v by the key, at %v by the list", byKey, byList)
	}
	deletion := &wafv2.DeleteAPIKeyInput{Scope: types.ScopeCloudfront, APIKey: key}
	if _, err := client.DeleteAPIKey(ctx, deletion); err != nil {
		t.Fatal(err)
	}
	_, err = client.DeleteAPIKey(ctx, deletion)
	var nonexistent *types.WAFNonexistentItemException
	if !errors.As(err, &nonexistent) {
		t.Errorf("the second deletion gave %v, want WAFNonexistentItemException", err)
	}
}

func TestMarkersLeadThroughAllKeys(t *testing.T) {
	client := clientOf(t, "400000000002", "us-east-1")
	for range 3 {
		create(t, client, "a.com")
	}
	input, keys := &wafv2.ListAPIKeysInput{Scope: types.ScopeCloudfront, Limit: aws.Int32(2)}, 0
	for {
		page, err := client.ListAPIKeys(context.Background(), input)
		if err != nil {
			t.Fatal(err)
		}
		keys += len(page.APIKeySummaries)
		if page.NextMarker == nil {
			break
		}
		input.NextMarker = page.NextMarker
	}
	if keys != 3 {
		t.Errorf("the pages held %d keys, want 3", keys)
	}
}

func TestPublicSuffixIsAnInvalidParameter(t *testing.T) {
	client := clientOf(t, "400000000003", "us-east-1")
	_, err := client.CreateAPIKey(context.Background(), &wafv2.CreateAPIKeyInput{
		Scope: types.ScopeCloudfront, TokenDomains: []string{"co.uk"},
	})
	var invalid *types.WAFInvalidParameterException
	if !errors.As(err, &invalid) || invalid.Field != types.ParameterExceptionFieldTokenDomain ||
		aws.ToString(invalid.Parameter) != "co.uk" {
		t.Errorf("got %v, want WAFInvalidParameterException for TOKEN_DOMAIN co.uk", err)
	}
}

func TestCloudfrontOutsideUsEast1IsAnInvalidParameter(t *testing.T) {
	client := clientOf(t, "400000000003", "eu-west-1")
	_, err := client.ListAPIKeys(context.Background(), &wafv2.ListAPIKeysInput{Scope: types.ScopeCloudfront})
	var invalid *types.WAFInvalidParameterException
	if !errors.As(err, &invalid) || invalid.Field != types.ParameterExceptionFieldScopeValue {
		t.Errorf("got %v, want WAFInvalidParameterException for SCOPE_VALUE", err)
	}
}

func TestGarbageIsAnInvalidResource(t *testing.T) {
	client := clientOf(t, "400000000003", "us-east-1")
	_, err := client.GetDecryptedAPIKey(context.Background(), &wafv2.GetDecryptedAPIKeyInput{
		Scope: types.ScopeCloudfront, APIKey: aws.String("garbage"),
	})
	var invalid *types.WAFInvalidResourceException
	if !errors.As(err, &invalid) {
		t.Errorf("got %v, want WAFInvalidResourceException", err)
	}
}

func TestWhatBreaksTheModelIsAValidationException(t *testing.T) {
	client := clientOf(t, "400000000003", "us-east-1")
	_, err := client.ListAPIKeys(context.Background(), &wafv2.ListAPIKeysInput{
		Scope: types.ScopeRegional, Limit: aws.Int32(101),
	})
	var failure smithy.APIError
	if !errors.As(err, &failure) || failure.ErrorCode() != "ValidationException" {
		t.Errorf("got %v, want ValidationException", err)
	}
}
