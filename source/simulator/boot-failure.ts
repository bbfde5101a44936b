import { ApiError } from './api-error.ts';
import { usageError } from './loader-line.ts';

/** The domain that could not be built. */
export interface Unbuilt {
  readonly vm: string;
  readonly uuid: string;
  readonly domid: number;
}

/**
 * How a failed boot reads from 6.1 on, where xenopsd builds the domains. Up to 6.0 stderr of the bootloader is split
 * into lines, the first of which is the code: so it comes here. Since then eliloader says all it has to say in a
 * RuntimeError (linux-guest-loader cef22b9), whose text xapi looks for (bootloader.ml:parse_exception); a program that
 * died otherwise is an internal error, with all of its stderr (xenops_server_xen.ml, xapi_xenops.ml).
 */
export function throughXenopsd(error: ApiError, { vm, uuid, domid }: Unbuilt): ApiError {
  const { code, params } = error;
  const internal = (text: string): ApiError => new ApiError('INTERNAL_ERROR', `xenopsd internal error: ${text}`);
  const failed = (text: string): ApiError => new ApiError('BOOTLOADER_FAILED', vm, text);
  switch (code) {
    case 'Traceback (most recent call last):': {
      const stderr = [code, ...params].join('\n');
      const [, said] = /RuntimeError: (.*)$/s.exec(stderr) ?? [];
      if (said !== undefined) return failed(said);
      return internal(`VM = ${uuid}; domid = ${domid}; Bootloader.Bad_error ${stderr}`);
    }
    case usageError:
      return failed('Invalid command line arguments.\n');
    case 'INVALID_SOURCE':
    case 'UNSUPPORTED_INSTALL_METHOD':
    case 'LIMITS':
      return failed(`${[code, ...params].join('\n')}\n`);
    case 'UNKNOWN_BOOTLOADER':
      return internal(`VM = ${uuid}; domid = ${domid}; Bootloader.Unknown_bootloader ${params[1] ?? ''}`);
    case 'NO_BOOTLOADER':
      // What a bootloader that is not there says: nothing.
      return internal(`VM = ${uuid}; domid = ${domid}; Bootloader.Bad_error `);
    case 'DOMAIN_BUILDER_ERROR':
      return internal(
        `XenguestHelper.Xenctrl_dom_linux_build_failure(${params[1] ?? '2'}, " panic: xc_dom_core.c: xc_dom_find_loader: no loader found: ${params[2] ?? ''}")`,
      );
    default:
      return error;
  }
}
