/** The script of pages with files. Without it, each file has its page, too. */
import './loops.ts'
import './missing-files.ts'
import './viewer.ts'
