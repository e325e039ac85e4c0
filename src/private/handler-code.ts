import * as path from 'node:path';
import { AssetStaging, CfnResource, FileAssetPackaging, Names, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as cxapi from 'aws-cdk-lib/cx-api';
import type { Construct } from 'constructs';

/**
 * The bundled handler, as `Code.fromAsset` would give it to a function.
 *
 * `Code.fromAsset` wraps the asset in a bucket, and for that loads aws-s3 and the CDK's table of regions: a quarter of the time in which
 * a small app synthesizes.
 */
export function handlerCode(): lambda.Code {
  // In here, so that importing this package does not load aws-lambda.
  class HandlerCode extends lambda.Code {
    private assetPath?: string;

    public bind(scope: Construct): lambda.CodeConfig {
      const stack = Stack.of(scope);
      const staging = new AssetStaging(scope, 'Code', { sourcePath: path.join(__dirname, '..', '..', 'assets', 'handler') });
      this.assetPath = staging.relativeStagedPath(stack);
      const { bucketName, objectKey } = stack.synthesizer.addFileAsset({
        fileName: this.assetPath,
        sourceHash: staging.assetHash,
        packaging: FileAssetPackaging.ZIP_DIRECTORY,
        deployTime: true,
        displayName: Names.stackRelativeConstructPath(staging),
      });
      return { s3Location: { bucketName, objectKey } };
    }

    /** For tools that run functions on the developer's machine. */
    public bindToResource(resource: CfnResource): void {
      if (!resource.node.tryGetContext(cxapi.ASSET_RESOURCE_METADATA_ENABLED_CONTEXT)) return;
      resource.addMetadata(cxapi.ASSET_RESOURCE_METADATA_PATH_KEY, this.assetPath);
      resource.addMetadata(cxapi.ASSET_RESOURCE_METADATA_IS_BUNDLED_KEY, false);
      resource.addMetadata(cxapi.ASSET_RESOURCE_METADATA_PROPERTY_KEY, 'Code');
    }
  }
  return new HandlerCode();
}
