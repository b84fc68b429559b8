extension Library {
  /// `fileinfo_t` out of `struct file`, and `fds[]` (DTrace guide, "io Provider"); `getf()` (illumos): a descriptor's file.
  static let files = Library(
    defines: ["fileinfo_t", "struct fileinfo", "fds", "getf", "root"],
    text: """
      typedef struct fileinfo {
        string fi_name; string fi_dirname; string fi_pathname; off_t fi_offset; string fi_fs; string fi_mount;
        int fi_oflags;
      } fileinfo_t;

      translator fileinfo_t < struct file *F > {
        fi_name = F == 0 ? "<none>" : stringof(F->f_path.dentry->d_name.name);
        fi_dirname = F == 0 ? "<none>" : dirname(d_path(&(F->f_path)));
        fi_pathname = F == 0 ? "<none>" : d_path(&(F->f_path));
        fi_offset = F == 0 ? 0 : F->f_pos;
        fi_fs = F == 0 ? "<none>" : stringof(F->f_path.mnt->mnt_sb->s_type->name);
        fi_mount = F == 0 ? "<none>" : "<unknown>";
        fi_oflags = F == 0 ? 0 : (int)F->f_flags;
      };

      inline struct file *getf[int fd] =
        fd >= 0 && fd < curthread->files->fdt->max_fds ? curthread->files->fdt->fd[fd] : (struct file *)0;

      inline fileinfo_t fds[int fd] = xlate <fileinfo_t> (getf[fd]);

      inline string root = d_path(&(curthread->fs->root));
      """)

  /// `bufinfo_t` and `devinfo_t` out of what the block layer has (DTrace guide, "io Provider").
  static let blockDevices = Library(
    defines: ["bufinfo_t", "struct bufinfo", "devinfo_t", "struct devinfo"],
    text: """
      typedef struct bufinfo {
        int b_flags; size_t b_bcount; caddr_t b_addr; uint64_t b_lblkno; uint64_t b_blkno; size_t b_resid;
        size_t b_bufsize; caddr_t b_iodone; int b_error; dev_t b_edev;
      } bufinfo_t;

      typedef struct devinfo {
        int dev_major; int dev_minor; int dev_instance; string dev_name; string dev_statname; string dev_pathname;
      } devinfo_t;

      translator bufinfo_t < struct bio *B > {
        b_flags = (B->bi_opf & 1 ? B_WRITE : B_READ) | (B->bi_opf & 0x800 ? 0 : B_ASYNC) | B_PHYS;
        b_addr = (caddr_t)0;
        b_bcount = B->bi_iter.bi_size;
        b_lblkno = B->bi_iter.bi_sector;
        b_blkno = B->bi_iter.bi_sector;
        b_resid = 0;
        b_bufsize = B->bi_iter.bi_size;
        b_iodone = (caddr_t)B->bi_end_io;
        b_error = 0;
        b_edev = B->bi_bdev == 0 ? 0 : (dev_t)B->bi_bdev->bd_dev;
      };

      inline string __diskname[struct block_device *D] = D->__bd_flags.counter & 0xff
        ? strjoin(stringof(D->bd_disk->disk_name), lltostr(D->__bd_flags.counter & 0xff))
        : stringof(D->bd_disk->disk_name);

      translator devinfo_t < struct bio *B > {
        dev_major = B->bi_bdev == 0 ? 0 : (int)(B->bi_bdev->bd_dev >> 20);
        dev_minor = B->bi_bdev == 0 ? 0 : (int)(B->bi_bdev->bd_dev & 0xfffff);
        dev_instance = 0;
        dev_name = B->bi_bdev == 0 ? "nfs" : stringof(B->bi_bdev->bd_disk->disk_name);
        dev_statname = B->bi_bdev == 0 ? "nfs" : __diskname[B->bi_bdev];
        dev_pathname = B->bi_bdev == 0 ? "<nfs>" : strjoin("/dev/", __diskname[B->bi_bdev]);
      };

      translator bufinfo_t < struct buffer_head *B > {
        b_flags = (int)arg1 & 1 ? B_WRITE : B_READ;
        b_addr = B->b_data;
        b_bcount = B->b_size;
        b_lblkno = B->b_blocknr;
        b_blkno = B->b_blocknr;
        b_resid = 0;
        b_bufsize = B->b_size;
        b_iodone = (caddr_t)B->b_end_io;
        b_error = 0;
        b_edev = (dev_t)B->b_bdev->bd_dev;
      };

      translator devinfo_t < struct buffer_head *B > {
        dev_major = (int)(B->b_bdev->bd_dev >> 20);
        dev_minor = (int)(B->b_bdev->bd_dev & 0xfffff);
        dev_instance = 0;
        dev_name = stringof(B->b_bdev->bd_disk->disk_name);
        dev_statname = __diskname[B->b_bdev];
        dev_pathname = strjoin("/dev/", __diskname[B->b_bdev]);
      };
      """)
}
