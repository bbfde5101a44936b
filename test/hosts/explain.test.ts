import { describe, expect, test } from 'vitest';
import { explain } from '../../source/hosts/explain.ts';
import { HostFailure } from '../../source/xapi/errors.ts';
import { calledHere, datamodel } from '../xapi/datamodel.ts';

// Every error a host may answer our calls with is told in words of its own: what failed, what that means here, and what
// to try.

/** What the datamodel says that our calls may fail with. */
const listed = [...new Set(calledHere.flatMap((name) => datamodel.get(name)?.errors ?? []))].sort();

/** What any call may fail with, and what xapi answers without its datamodel saying so (api_errors.ml, api_server.ml). */
const unlisted = `HANDLE_INVALID UUID_INVALID MAP_DUPLICATE_KEY INVALID_VALUE VALUE_NOT_SUPPORTED FIELD_TYPE_ERROR
  XMLRPC_UNMARSHAL_FAILURE MESSAGE_METHOD_UNKNOWN MESSAGE_PARAMETER_COUNT_MISMATCH MESSAGE_DEPRECATED MESSAGE_REMOVED
  NOT_IMPLEMENTED INTERNAL_ERROR SESSION_INVALID SESSION_AUTHENTICATION_FAILED PERMISSION_DENIED RBAC_PERMISSION_DENIED
  LICENCE_RESTRICTION LICENSE_EXPIRED LICENSE_PROCESSING_ERROR FEATURE_RESTRICTED TASK_CANCELLED TOO_BUSY
  TOO_MANY_PENDING_TASKS HOST_OFFLINE CANNOT_CONTACT_HOST HOST_STILL_BOOTING HOST_IN_EMERGENCY_MODE
  HOST_HAS_NO_MANAGEMENT_IP HOST_MASTER_CANNOT_TALK_BACK HOST_UNKNOWN_TO_MASTER HOST_BROKEN
  HA_POOL_IS_ENABLED_BUT_HOST_IS_DISABLED HA_HOST_CANNOT_ACCESS_STATEFILE HA_HEARTBEAT_DAEMON_STARTUP_FAILED
  EVENT_FROM_TOKEN_PARSE_FAILURE EVENT_SUBSCRIPTION_PARSE_FAILURE SR_FULL SR_BACKEND_FAILURE SR_BACKEND_FAILURE_44
  SR_OPERATION_NOT_SUPPORTED SR_HAS_NO_PBDS DEFAULT_SR_NOT_FOUND OUT_OF_SPACE VDI_IN_USE VDI_READONLY VDI_MISSING
  VM_CANNOT_DELETE_DEFAULT_TEMPLATE VM_MISSING_PV_DRIVERS VM_OLD_PV_DRIVERS VM_LACKS_FEATURE
  VM_FAILED_SHUTDOWN_ACKNOWLEDGMENT VM_SHUTDOWN_TIMEOUT VM_NO_VCPUS VM_CRASHED VM_HALTED VM_REBOOTED VM_UNSAFE_BOOT
  VM_IS_SNAPSHOT VM_REQUIRES_SR VM_REQUIRES_NET HOST_NOT_ENOUGH_FREE_MEMORY HOST_DISABLED HOST_NOT_LIVE
  OPERATION_BLOCKED ONLY_PROVISION_TEMPLATE PROVISION_FAILED_OUT_OF_SPACE MAC_INVALID INVALID_DEVICE
  DEVICE_ALREADY_EXISTS VBD_NOT_REMOVABLE_MEDIA MEMORY_CONSTRAINT_VIOLATION XAPI_HOOK_FAILED DOMAIN_BUILDER_ERROR
  INVALID_SOURCE UNSUPPORTED_INSTALL_METHOD SUPPORT_PACKAGE_MISSING`.split(/\s+/);

const told = (code: string, params: readonly string[] = ['one', 'two', 'three']) =>
  explain(new HostFailure('VM.start', code, params), 'xvm03');

test('there are errors to look at', () => {
  expect(listed).toContain('NO_HOSTS_AVAILABLE');
  expect(listed.length).toBeGreaterThan(10);
});

test.each([...new Set([...listed, ...unlisted])])('%s is told in words of its own', (code) => {
  const problem = told(code);
  expect(problem.code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  expect(problem.code).not.toBe('host-error');
  expect(problem.message).toMatch(/^[A-Z0-9].*\(xvm03\)$/s);
  expect(problem.message).not.toContain(code);
  expect(problem.cause ?? '').toMatch(/^[A-Za-z].*\.$/s);
  expect(problem.try?.length).toBeGreaterThan(0);
  expect(problem.host).toEqual({ code, params: ['one', 'two', 'three'] });
});

test.each([...new Set([...listed, ...unlisted])])('%s without its parameters is a sentence, too', (code) => {
  expect(told(code, []).message).not.toMatch(/undefined|NaN|null/);
});

describe('what nobody has foreseen', () => {
  test('is told as the host has told it, with where to look', () => {
    const problem = told('BRAND_NEW_ERROR', ['something']);
    expect(problem).toMatchObject({
      code: 'host-error',
      message: expect.stringContaining('BRAND_NEW_ERROR, something'),
    });
    expect(problem.try).not.toEqual([]);
  });

  test('also when it is called like a part of every object', () => {
    expect(told('constructor').code).toBe('host-error');
    expect(told('toString').code).toBe('host-error');
  });
});
