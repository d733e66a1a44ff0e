/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Entry points that are there and answer UNIMPLEMENTED, as many do in real plugins: for what the
 * library does not use yet. Whoever makes the library use one writes a true one first. */
#include "tests/fake/fake_base.h"

#define UNSUPPORTED(name)                                                                   \
  PJRT_Error *fake_##name(name##_Args *args) {                                              \
    (void)args;                                                                             \
    return fake_error(PJRT_Error_Code_UNIMPLEMENTED, "the fake plugin does not do " #name); \
  }

UNSUPPORTED(PJRT_LoadedExecutable_Fingerprint)
UNSUPPORTED(PJRT_CopyToDeviceStream_Destroy)
UNSUPPORTED(PJRT_CopyToDeviceStream_AddChunk)
UNSUPPORTED(PJRT_CopyToDeviceStream_TotalBytes)
UNSUPPORTED(PJRT_CopyToDeviceStream_GranuleSize)
UNSUPPORTED(PJRT_CopyToDeviceStream_CurrentBytes)
UNSUPPORTED(PJRT_TopologyDescription_Create)
UNSUPPORTED(PJRT_TopologyDescription_Destroy)
UNSUPPORTED(PJRT_TopologyDescription_PlatformName)
UNSUPPORTED(PJRT_TopologyDescription_PlatformVersion)
UNSUPPORTED(PJRT_TopologyDescription_GetDeviceDescriptions)
UNSUPPORTED(PJRT_TopologyDescription_Serialize)
UNSUPPORTED(PJRT_TopologyDescription_Attributes)
UNSUPPORTED(PJRT_Client_CreateViewOfDeviceBuffer)
UNSUPPORTED(PJRT_Client_TopologyDescription)
UNSUPPORTED(PJRT_Buffer_CopyRawToHost)
UNSUPPORTED(PJRT_AsyncHostToDeviceTransferManager_Destroy)
UNSUPPORTED(PJRT_AsyncHostToDeviceTransferManager_TransferData)
UNSUPPORTED(PJRT_Client_CreateBuffersForAsyncHostToDevice)
UNSUPPORTED(PJRT_AsyncHostToDeviceTransferManager_RetrieveBuffer)
UNSUPPORTED(PJRT_AsyncHostToDeviceTransferManager_Device)
UNSUPPORTED(PJRT_AsyncHostToDeviceTransferManager_BufferCount)
UNSUPPORTED(PJRT_AsyncHostToDeviceTransferManager_BufferSize)
UNSUPPORTED(PJRT_AsyncHostToDeviceTransferManager_SetBufferError)
UNSUPPORTED(PJRT_AsyncHostToDeviceTransferManager_AddMetadata)
UNSUPPORTED(PJRT_Client_DmaMap)
UNSUPPORTED(PJRT_Client_DmaUnmap)
UNSUPPORTED(PJRT_Client_UpdateGlobalProcessInfo)
UNSUPPORTED(PJRT_TopologyDescription_Deserialize)
UNSUPPORTED(PJRT_Client_CreateAliasBuffer)
UNSUPPORTED(PJRT_Client_FulfillAliasBuffer)
UNSUPPORTED(PJRT_AsyncHostToDeviceTransferManager_TransferLiteral)
UNSUPPORTED(PJRT_Buffer_CopyRawToHostFuture)
UNSUPPORTED(PJRT_Device_PoisonExecution)
UNSUPPORTED(PJRT_Device_CreateAsyncTrackingEvent)
UNSUPPORTED(PJRT_AsyncTrackingEvent_Destroy)
UNSUPPORTED(PJRT_Buffer_DonateWithControlDependency)
UNSUPPORTED(PJRT_Buffer_Bitcast)
UNSUPPORTED(PJRT_TopologyDescription_Fingerprint)
UNSUPPORTED(PJRT_TopologyDescription_MakeCanonicalShapeForMemorySpace)
UNSUPPORTED(PJRT_TopologyDescription_GetMemorySpaceKindIds)
